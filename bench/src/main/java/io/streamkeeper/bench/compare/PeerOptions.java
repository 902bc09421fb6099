package io.streamkeeper.bench.compare;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The directories of the peers' scripts and data. */
final class PeerOptions {
    @Option(
            names = "--scripts",
            paramLabel = "DIR",
            defaultValue = "bench/peers",
            description = "Directory of the scripts that start servers. Default: ${DEFAULT-VALUE}")
    private Path scripts = Path.of("");

    @Option(
            names = "--dir",
            paramLabel = "DIR",
            defaultValue = "bench/target/peers",
            description = "Parent of the data directories, on the disk to measure. Default: ${DEFAULT-VALUE}")
    private Path directory = Path.of("");

    Peer peer(String text) {
        return Peer.of(text, scripts.toAbsolutePath());
    }

    Path directory() {
        return directory.toAbsolutePath();
    }
}
