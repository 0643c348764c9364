# One function in payload mode with httpuv: the mean of the numbers in ?x=1,2,3.
library(httpuv)
library(jsonlite)

invoke <- function(request) {
  payload <- fromJSON(rawToChar(request$rook.input$read()), simplifyVector = FALSE)
  numbers <- as.numeric(strsplit(payload$Data$req$Query$x, ",")[[1]])
  list(
    Outputs = list(res = list(
      statusCode = 200,
      headers = list("content-type" = "text/plain"),
      body = sprintf("mean %g\n", mean(numbers))
    )),
    Logs = list(sprintf("averaged %d numbers", length(numbers)))
  )
}

app <- list(call = function(request) {
  # The host asks for "/" until the program answers.
  if (request$REQUEST_METHOD != "POST") return(list(status = 200L, headers = list(), body = ""))
  list(
    status = 200L,
    headers = list("Content-Type" = "application/json"),
    body = toJSON(invoke(request), auto_unbox = TRUE)
  )
})

runServer("127.0.0.1", as.integer(Sys.getenv("FUNCTIONS_CUSTOMHANDLER_PORT")), app)
