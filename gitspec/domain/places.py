"""Fixed paths, in one place: those below spec/, and what counts as code whatever a policy excludes.

Cheap to import: the hooks' accepted path needs them.
"""

SPEC = "spec"
POLICY = "spec/gitspec.yaml"
CAPABILITIES = "spec/capabilities"
CHANGES = "spec/changes"
ARCHIVE = "spec/archive"


def runs_unasked(path: str) -> bool:
    """Whether a file of that path is run or obeyed by machines and agents: no policy can exclude it from what is code.

    Continuous integration, what agents read, test runners' and shells' start-up files, Git hooks, build manifests. Names
    count in any case, for file systems that do not tell them apart.
    """
    parts = path.lower().split("/")
    name = parts[-1]
    for folder in parts[:-1]:
        if folder in {
            ".github", ".gitlab", ".gitea", ".forgejo", ".circleci", ".buildkite", ".woodpecker", ".drone", ".teamcity",
            ".claude", ".cursor", ".windsurf", ".clinerules", ".roo", ".codex", ".gemini", ".amazonq", ".kiro", ".junie",
            ".continue", ".agents", ".vscode", ".idea", ".devcontainer", ".husky", ".githooks", ".lefthook", ".cargo",
            ".mvn", ".yarn",
        }:  # fmt: skip
            return True
    if name in {
        # continuous integration
        ".gitlab-ci.yml", ".gitlab-ci.yaml", ".travis.yml", ".drone.yml", ".woodpecker.yml", ".woodpecker.yaml",
        ".cirrus.yml", ".appveyor.yml", "appveyor.yml", "azure-pipelines.yml", "azure-pipelines.yaml",
        "bitbucket-pipelines.yml", "cloudbuild.yaml", "cloudbuild.yml", "jenkinsfile", "action.yml", "action.yaml",
        ".readthedocs.yml", ".readthedocs.yaml", "netlify.toml", "vercel.json", "codeowners", "renovate.json",
        # what agents read
        "agents.md", "agents.override.md", "agent.md", "claude.md", "claude.local.md", "gemini.md", "qwen.md", "warp.md",
        "copilot-instructions.md", "skill.md", ".cursorrules", ".windsurfrules", ".clinerules", ".goosehints", ".mcp.json",
        "mcp.json",
        # what runs by being there
        "conftest.py", "sitecustomize.py", "usercustomize.py", ".envrc", ".npmrc", ".yarnrc", ".yarnrc.yml",
        ".pnpmfile.cjs", ".gitmodules", ".lfsconfig", ".pre-commit-config.yaml", ".pre-commit-hooks.yaml",
        "lefthook.yml", "lefthook.yaml", ".lefthook.yml", ".lefthook.yaml", ".huskyrc", ".rspec", "pytest.ini",
        # build manifests
        "pyproject.toml", "setup.py", "setup.cfg", "tox.ini", "noxfile.py", "pipfile", "environment.yml", "package.json",
        "makefile", "gnumakefile", "justfile", "taskfile.yml", "taskfile.yaml", "rakefile", "gemfile", "dockerfile",
        "containerfile", "docker-compose.yml", "docker-compose.yaml", "compose.yml", "compose.yaml", "cargo.toml",
        "build.rs", "rust-toolchain.toml", "go.mod", "go.work", "pom.xml", "build.gradle", "build.gradle.kts",
        "settings.gradle", "settings.gradle.kts", "gradle.properties", "build.sbt", "mix.exs", "composer.json",
        "package.swift", "cmakelists.txt", "meson.build", "configure", "configure.ac", "build.bazel", "module.bazel",
        "workspace.bazel", "flake.nix", "shell.nix", "default.nix", "vagrantfile", "procfile",
        # Git hooks
        "applypatch-msg", "commit-msg", "post-applypatch", "post-checkout", "post-commit", "post-merge", "post-receive",
        "post-rewrite", "post-update", "pre-applypatch", "pre-auto-gc", "pre-commit", "pre-merge-commit",
        "pre-push", "pre-rebase", "pre-receive", "prepare-commit-msg", "proc-receive", "push-to-checkout",
        "reference-transaction", "sendemail-validate", "update",
    }:  # fmt: skip
        return True
    if name.startswith(("requirements", "constraints")) and name.endswith((".txt", ".in")):
        return True
    return name.startswith(("dockerfile.", "makefile.")) or name.endswith(
        (".gemspec", ".csproj", ".cabal", ".mk", ".pth")
    )


def takes_for_spec(path: str) -> bool:
    """Whether some machine may take ``path`` for one below spec/, or for spec/ itself, though it is written otherwise."""
    top = path.partition("/")[0]
    if top == SPEC or len(top) > 40:
        return False
    if top.isascii():
        return top.lower().rstrip(". ") == SPEC
    import unicodedata

    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", top).casefold())
    return "".join(c for c in folded if c.isascii() and c.isalnum()) == SPEC
