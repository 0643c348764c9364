#!/bin/sh
exec node handler.mjs
