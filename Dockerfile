# Builds the static binary and runs it as a user without rights, on a volume.
FROM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -ldflags="-s -w" -o /hotline . && mkdir -p /empty/data

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /hotline /hotline
COPY --from=build --chown=10001:10001 /empty/data /data
USER 10001:10001
VOLUME /data
WORKDIR /data
EXPOSE 8080
ENTRYPOINT ["/hotline"]
CMD ["serve", "--config", "/data/config.yaml", "--addr", "0.0.0.0:8080"]
