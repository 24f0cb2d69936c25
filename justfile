# Build and run the main job on the base scenario.
run:
    cargo run --release -- run scenarios/base/consumer_credit.toml

# Pass the tests.
test:
    cargo test

# Everything CI checks.
ci:
    bash .ci/run

# The month kernel and whole runs.
bench:
    cargo bench --bench month
    cargo bench --bench reduced

# The reduced model beside numpy, numba and naive Rust (see benches/peers/README.md).
peers:
    cd benches/peers && python3 -m venv .venv && .venv/bin/pip install -q -r requirements.txt && .venv/bin/python compare.py
