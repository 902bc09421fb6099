package io.streamkeeper.server.http;

import io.streamkeeper.protocol.Command;
import io.streamkeeper.protocol.Offset;
import io.streamkeeper.protocol.ReadStart;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The offsets of the streams that the URL of a {@link StreamsSession} names, in its order: the id of each event has
 * them, so that a client which repeats the URL with the last id resumes all of these streams. Owned by the connection's
 * loop.
 */
final class SessionOffsets {
    private static final int NO_PLACE = -1;

    private final Map<String, Integer> places = new HashMap<>();
    private final @Nullable Offset[] offsets;

    /** Those of {@code reads}; of none if it is empty. */
    SessionOffsets(List<Command.Read> reads) {
        this.offsets = new Offset[reads.size()];
        for (int i = 0; i < offsets.length; i++) {
            places.put(reads.get(i).path().value(), i);
            // Until the stream is read, so that a response which breaks before is resumed there.
            offsets[i] = reads.get(i).start() instanceof ReadStart.At at ? at.offset() : null;
        }
    }

    /** Where the offset of a stream is; negative if it is not one of these. */
    int placeOf(String path) {
        return places.getOrDefault(path, NO_PLACE);
    }

    /** The stream at {@code place}, if there is one, was sent up to {@code offset}. */
    void moved(int place, Offset offset) {
        if (place != NO_PLACE) {
            offsets[place] = offset;
        }
    }

    /** The offsets, null for a stream that begins elsewhere and was not read; not to be changed. */
    @Nullable
    Offset[] all() {
        return offsets;
    }
}
