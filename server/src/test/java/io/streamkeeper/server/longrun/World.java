package io.streamkeeper.server.longrun;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Clients, and the data directory and the clock of the server that they use, from one start to the next. */
final class World {
    final List<Traffic> clients = new ArrayList<>();
    final ServerClock clock;

    /** A tenant beside the clients, which have no limits. */
    final NoisyTenant noisy;

    /** What is put before the commands that use the directory. */
    final List<String> prefix;

    Path data;

    /** How the last server of this world has ended. */
    String lastEnd = "nothing";

    /** Whether the disk was full then. */
    boolean endedFull;

    /** How often a server was started here. */
    int starts;

    World(Path data, ServerClock clock, List<String> prefix, NoisyTenant noisy) {
        this.data = data;
        this.clock = clock;
        this.prefix = prefix;
        this.noisy = noisy;
    }
}
