// "What is my IP address?" as a custom handler, with Go's standard library alone.
package main

import (
	"context"
	"errors"
	"log"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"syscall"
)

func main() {
	port := os.Getenv("FUNCTIONS_CUSTOMHANDLER_PORT")
	if port == "" {
		log.Fatal("no port to listen on: FUNCTIONS_CUSTOMHANDLER_PORT is not set. A Functions host sets it; start this program with \"portico start\"")
	}
	trusted, err := trustedProxies(os.Getenv("TRUSTED_PROXIES"))
	if err != nil {
		log.Fatal(err)
	}
	// Only the host may call: with ":"+port anybody who reaches the machine could go around it and invent X-Forwarded-For.
	server := &http.Server{Addr: "127.0.0.1:" + port, Handler: newHandler(trusted)}

	stopping, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	finished := make(chan error, 1)
	go func() {
		<-stopping.Done()
		stop()
		finished <- server.Shutdown(context.Background())
	}()
	if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		log.Fatal(err)
	}
	if err := <-finished; err != nil {
		log.Fatal(err)
	}
}

// newHandler answers the function's path, and "/", which the host asks for until the program is ready.
func newHandler(trusted proxies) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/api/httptrigger", func(response http.ResponseWriter, request *http.Request) {
		answer(response, request, trusted)
	})
	mux.HandleFunc("/", func(response http.ResponseWriter, request *http.Request) {
		if strings.Trim(request.URL.Path, "/") != "" {
			http.NotFound(response, request)
		}
	})
	return mux
}
