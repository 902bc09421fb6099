package io.streamkeeper.server.subscription;

import io.streamkeeper.protocol.Offset;
import io.streamkeeper.protocol.StreamPath;
import java.util.Map;

/**
 * What a worker reports about a wake (sections 7.1 and 7.2).
 *
 * @param token as received
 * @param wakeId the wake that it means
 * @param generation the generation that it means
 * @param acks the last processed offset of each stream; all are applied, or none
 * @param done whether the worker has ended; else its lease is extended
 */
public record AckRequest(String token, String wakeId, long generation, Map<StreamPath, Offset> acks, boolean done) {
    /** Copies the map. */
    public AckRequest {
        acks = Map.copyOf(acks);
    }
}
