# Call the validity indices of R's packages on every data set of a folder; prints JSON.
suppressMessages({library(cluster); library(fpc); library(genieclust)})

calls <- list(
  cluster = list(
    silhouette = function(X, y) mean(silhouette(y, dist(X))[, "sil_width"])
  ),
  fpc = list(
    silhouette = function(X, y) cluster.stats(dist(X), y)$avg.silwidth,
    dunn = function(X, y) cluster.stats(dist(X), y)$dunn,
    "dunn, dunn2" = function(X, y) cluster.stats(dist(X), y)$dunn2,
    calinski_harabasz = function(X, y) cluster.stats(dist(X), y)$ch,
    "calinski_harabasz, calinhara" = function(X, y) calinhara(X, y)
  ),
  genieclust = list(
    silhouette = function(X, y) silhouette_index(X, y),
    "dunn, generalised_dunn_index(1, 1)" = function(X, y) generalised_dunn_index(X, y, 1L, 1L),
    davies_bouldin = function(X, y) -negated_davies_bouldin_index(X, y),
    calinski_harabasz = function(X, y) calinski_harabasz_index(X, y)
  )
)

arguments <- commandArgs(trailingOnly = TRUE)
package <- calls[[arguments[1]]]
quoted <- function(text) paste0('"', gsub('["\\\\\n]', " ", text), '"')
cases <- sapply(list.files(arguments[2], "[.]table$", full.names = TRUE), function(path) {
  table <- as.matrix(read.csv(path, header = FALSE))
  X <- unname(table[, -ncol(table)])
  y <- as.integer(table[, ncol(table)])
  values <- sapply(names(package), function(name) {
    result <- tryCatch({
      value <- package[[name]](X, y)
      if (length(value) != 1 || !is.finite(value)) paste0('{"error": ', quoted(format(value)), "}")
      else paste0('{"value": ', format(value, digits = 17), "}")
    }, error = function(e) paste0('{"error": ', quoted(conditionMessage(e)), "}"))
    paste0(quoted(name), ": ", result[1])
  })
  paste0(quoted(sub("[.]table$", "", basename(path))), ": {", paste(values, collapse = ", "), "}")
})
writeLines(paste0("{", paste(cases, collapse = ", "), "}"), arguments[3])
