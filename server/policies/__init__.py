"""The policies that ship with the service, as YAML files read by `server.stages.policy`."""
