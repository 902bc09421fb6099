package io.streamkeeper.bench.peer;

import io.streamkeeper.bench.report.Report;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** The directories of the peers' scripts and data. */
public final class PeerOptions {
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

    /** Returns the installed ones of some servers; prints how to install the others. */
    public List<Peer> installed(List<String> texts, Report report) throws IOException, InterruptedException {
        List<Peer> found = new ArrayList<>();
        for (String text : texts) {
            Peer peer = peer(text);
            String hint = peer.installHint();
            if (hint.isEmpty()) {
                found.add(peer);
            } else {
                report.print("skipping %s, which is not installed; to install it: %s", peer.name(), hint);
            }
        }
        if (found.isEmpty()) {
            throw new IOException("none of " + texts + " is installed");
        }
        return found;
    }

    public Peer peer(String text) {
        return Peer.of(text, scripts.toAbsolutePath());
    }

    public Path directory() {
        return directory.toAbsolutePath();
    }
}
