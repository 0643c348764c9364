module portico.bench

go 1.19
