# Read a store and a clustering with R's hdf5r; writes JSON.
suppressMessages(library(hdf5r))

arguments <- commandArgs(trailingOnly = TRUE)
folder <- arguments[2]
asked <- strsplit(strsplit(arguments[4], "\n")[[1]], "\t")

read <- function(file, place, attribute) {
  item <- H5File$new(file.path(folder, file), "r")[[place]]
  # R's first dimension is HDF5's last: as a vector the values keep their order.
  as.vector(if (is.na(attribute)) item$read() else h5attr(item, attribute))
}
quoted <- function(texts) paste0('"', gsub('"', "'", texts), '"')
text <- function(values) {
  if (is.numeric(values) || inherits(values, "integer64")) format(values, digits = 17, trim = TRUE) else values
}
of <- function(one) {
  tryCatch(
    paste0("[", paste(vapply(text(read(one[2], one[3], one[4])), quoted, ""), collapse = ","), "]"),
    error = function(error) quoted(gsub("[\n\\\\]", " ", conditionMessage(error)))
  )
}
pairs <- vapply(asked, function(one) paste0(quoted(one[1]), ":", of(one)), "")
writeLines(paste0("{", paste(pairs, collapse = ","), "}"), arguments[3], useBytes = TRUE)
