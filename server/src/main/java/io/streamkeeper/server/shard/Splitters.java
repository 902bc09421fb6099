package io.streamkeeper.server.shard;

import io.streamkeeper.protocol.JsonSplitter;
import io.streamkeeper.server.config.ServerConfig;

/** Creates the splitters of JSON bodies that a configuration asks for. */
public final class Splitters {
    private Splitters() {}

    /** A new splitter, with {@code config}'s rule for offsets in state messages. */
    public static JsonSplitter of(ServerConfig config) {
        return config.data().stateOffsets()
                ? JsonSplitter.addingOffsets(config.http().bodyBytesMax())
                : new JsonSplitter();
    }
}
