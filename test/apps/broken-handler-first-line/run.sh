exec node handler.mjs
