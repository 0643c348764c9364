module classic-go

go 1.19
