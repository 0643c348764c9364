module public-ip-go

go 1.19
