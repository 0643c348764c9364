// A custom handler as they were written in 2020: the httpWorker section, its port variable, every interface, and answers to
// forwarded requests at /<function name>. New programs look like examples/public-ip-go.
package main

import (
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
)

func main() {
	port, found := os.LookupEnv("FUNCTIONS_HTTPWORKER_PORT")
	if !found {
		log.Fatal("FUNCTIONS_HTTPWORKER_PORT is not set")
	}
	http.HandleFunc("/httptrigger", func(response http.ResponseWriter, request *http.Request) {
		body, err := io.ReadAll(request.Body)
		if err != nil {
			http.Error(response, err.Error(), http.StatusBadRequest)
			return
		}
		response.Header().Set("X-Handler", "classic-go")
		fmt.Fprintf(response, "%s %s for %s: %q\n", request.Method, request.URL, request.Header.Get("X-Forwarded-For"), body)
	})
	log.Fatal(http.ListenAndServe(":"+port, nil))
}
