"""The report of an experiment: one HTML file that needs nothing else, to be sent to a colleague.

`write_report` is the whole interface; `content` says what stands in it, `template` how it looks.
"""

from aecluster.report.page import write_report

__all__ = ["write_report"]
