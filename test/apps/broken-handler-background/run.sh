#!/bin/sh
node handler.mjs &
echo started in the background
