#!/usr/bin/env no-such-lisp
(serve)
