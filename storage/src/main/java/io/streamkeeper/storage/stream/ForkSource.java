package io.streamkeeper.storage.stream;

import io.streamkeeper.protocol.ContentType;
import io.streamkeeper.protocol.Expiry;
import io.streamkeeper.protocol.StreamPath;
import io.streamkeeper.storage.record.Lineage;

/**
 * A stream that was found as a fork's source, in its own shard, and counts the fork already. Whoever holds this creates
 * the fork or gives the count back with {@code ShardStore.releaseSource}. A sub-offset is not counted in yet.
 *
 * @param path the source
 * @param generation its incarnation
 * @param contentType what the fork inherits where it names none
 * @param expiry likewise
 * @param position where the fork diverges
 * @param earliest the first position that the source can be read from
 * @param lineage what the source holds, its own bytes and those that it inherited
 */
public record ForkSource(
        StreamPath path,
        long generation,
        ContentType contentType,
        Expiry expiry,
        long position,
        long earliest,
        Lineage lineage) {

    /** The same source with the fork diverging at {@code newPosition}. */
    public ForkSource at(long newPosition) {
        return new ForkSource(path, generation, contentType, expiry, newPosition, earliest, lineage);
    }
}
