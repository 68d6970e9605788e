# Cluster the data sets of a folder by R's kmeans from a given start; writes JSON.
arguments <- commandArgs(trailingOnly = TRUE)
algorithm <- switch(arguments[1], stats = "Hartigan-Wong", stats_lloyd = "Lloyd")
numbers <- function(x) paste0("[", paste(format(x, digits = 17, trim = TRUE), collapse = ", "), "]")
fitted_as <- function(X, start, iter.max) {
  tryCatch({
    # A warning, for instance of too few iterations, does not keep the result back.
    fit <- suppressWarnings(kmeans(X, start, iter.max = iter.max, algorithm = algorithm))
    rows <- apply(unname(fit$centers), 1, numbers)
    paste0('{"labels": ', numbers(unname(fit$cluster) - 1), ', "centroids": [',
           paste(rows, collapse = ", "), '], "n_iter": ', fit$iter, ', "inertia": ',
           format(fit$tot.withinss, digits = 17), "}")
  }, error = function(e) paste0('{"error": "', gsub('["\\\\\n]', " ", conditionMessage(e)), '"}'))
}
cases <- sapply(list.files(arguments[2], "[.]csv$", full.names = TRUE), function(path) {
  X <- unname(as.matrix(read.csv(path, header = FALSE)))
  start <- unname(as.matrix(read.csv(sub("[.]csv$", ".start", path), header = FALSE)))
  paste0('"', sub("[.]csv$", "", basename(path)), '": {"default": ', fitted_as(X, start, 10),
         ', "to_the_end": ', fitted_as(X, start, 10000), "}")
})
writeLines(paste0("{", paste(cases, collapse = ", "), "}"), arguments[3])
