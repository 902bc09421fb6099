package io.streamkeeper.bench.compare;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Where the scripts are that start servers, and where those have their data. */
final class PeerOptions {
    @Option(
            names = "--scripts",
            paramLabel = "DIR",
            defaultValue = "bench/peers",
            description = "Where the scripts are that start servers. Default: ${DEFAULT-VALUE}")
    private Path scripts = Path.of("");

    @Option(
            names = "--dir",
            paramLabel = "DIR",
            defaultValue = "bench/target/peers",
            description = "Where servers have their data; the disk that is measured. Default: ${DEFAULT-VALUE}")
    private Path directory = Path.of("");

    Peer peer(String text) {
        return Peer.of(text, scripts.toAbsolutePath());
    }

    Path directory() {
        return directory.toAbsolutePath();
    }
}
