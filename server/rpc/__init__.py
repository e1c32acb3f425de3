"""The gRPC edge: one file a service, one mapping between protobuf and the domain, one list of interceptors."""
