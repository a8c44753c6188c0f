"""The fixed paths below spec/, in one place. Cheap to import: the hooks' accepted path needs them."""

SPEC = "spec"
POLICY = "spec/gitspec.yaml"
CAPABILITIES = "spec/capabilities"
CHANGES = "spec/changes"
ARCHIVE = "spec/archive"
