"""A real Slurm of one node on this machine's loopback, in a folder of its own.

Munge, the controller and the node's daemon are started in the foreground as children of this
process and are ended with it; nothing of the system's own Slurm is read or changed.
"""

import os
import pwd
import secrets
import shutil
import socket
import subprocess
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path

PROGRAMS = ("munged", "slurmctld", "slurmd", "sbatch", "srun", "squeue", "scancel", "scontrol")

# No cgroups: they need a system that gives them. The node's memory is what the jobs share; a job
# that takes more than it asked for is ended within a second.
_CONFIGURATION = """\
ClusterName=test
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={controller_port}
SlurmdPort={node_port}
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
SlurmUser=root
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
AccountingStorageType=accounting_storage/none
JobAcctGatherType=jobacct_gather/linux
JobAcctGatherFrequency=task=1
JobAcctGatherParams=OverMemoryKill
MpiDefault=none
ReturnToService=2
MinJobAge=3600
KillWait=2
SchedulerParameters=sched_interval=1,sched_min_interval=100000,batch_sched_delay=1
GresTypes=gpu
NodeName={host} NodeAddr=127.0.0.1 CPUs={cpus} RealMemory={memory_mb} Gres=gpu:1 State=UNKNOWN
PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE State=UP
"""


def missing_programs() -> list[str]:
    """Return what a Slurm needs and this machine lacks, rights included."""
    lacking = [program for program in PROGRAMS if shutil.which(program) is None]
    return lacking if os.geteuid() == 0 else [*lacking, "the rights of root"]


@contextmanager
def one_node(folder: Path):
    """Yield the environment variables by which programs find a Slurm that runs in a folder."""
    folder.chmod(0o755)  # munge trusts no socket below a folder that others cannot enter
    configuration = folder / "slurm.conf"
    configuration.write_text(
        _CONFIGURATION.format(
            folder=folder,
            host=socket.gethostname(),
            controller_port=_free_port(),
            node_port=_free_port(),
            cpus=os.cpu_count(),
            memory_mb=os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2**20,
        )
    )
    # A GPU that is counted and handed out like a real one; there is no device behind it.
    (folder / "gres.conf").write_text("Name=gpu File=/dev/null\n")
    for name in ("state", "spool"):
        (folder / name).mkdir()
    environment = {
        "SLURM_CONF": str(configuration),
        "PATH": os.pathsep.join([str(_srun(folder, configuration)), os.environ["PATH"]]),
    }
    with ExitStack() as started:
        started.enter_context(_munge(folder))
        for daemon in ("slurmctld", "slurmd"):
            started.enter_context(_daemon(folder, [daemon, "-D", "-f", str(configuration)]))
        _wait_until_idle(environment)
        yield environment


def _srun(folder: Path, configuration: Path) -> Path:
    """Make an srun that knows its Slurm: Snakemake's jobs drop the variable that names it."""
    programs = folder / "bin"
    programs.mkdir()
    srun = programs / "srun"
    srun.write_text(f'#!/bin/sh\nSLURM_CONF={configuration} exec {shutil.which("srun")} "$@"\n')
    srun.chmod(0o755)
    return programs


@contextmanager
def _munge(folder: Path):
    """Run munge as its own user, with a key of its own."""
    munge = pwd.getpwnam("munge")
    home = folder / "munge"
    home.mkdir(mode=0o700)
    key = home / "key"
    key.write_bytes(secrets.token_bytes(128))
    key.chmod(0o400)
    for path in (home, key):
        os.chown(path, munge.pw_uid, munge.pw_gid)
    sockets = folder / "munge.socket"
    command = [
        "munged", "--foreground", "--force", "--num-threads=2", f"--key-file={key}",
        f"--socket={sockets}", f"--pid-file={home}/pid", f"--seed-file={home}/seed",
        f"--log-file={home}/log",
    ]  # fmt: skip
    os.chown(folder, munge.pw_uid, munge.pw_gid)
    with _daemon(folder, command, user=munge.pw_uid, group=munge.pw_gid):
        _wait_for(sockets.exists, "munge's socket", 20)
        yield


@contextmanager
def _daemon(folder: Path, command: list[str], **identity: int):
    with (folder / f"{command[0]}.log").open("w") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, **identity)
        try:
            yield
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait_until_idle(environment: dict[str, str]) -> None:
    def is_idle() -> bool:
        nodes = subprocess.run(
            ["sinfo", "--noheader", "--format=%T"],
            env={**os.environ, **environment}, capture_output=True, text=True,
        )  # fmt: skip
        return nodes.stdout.strip() == "idle"

    _wait_for(is_idle, "the node to be idle", 60)


def _wait_for(condition, what: str, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {seconds} s for {what}")
        time.sleep(0.2)


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]
