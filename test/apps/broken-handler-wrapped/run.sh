#!/bin/sh
node handler.mjs
echo the wrapper goes on after "$?"
