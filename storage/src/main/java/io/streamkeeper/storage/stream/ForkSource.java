package io.streamkeeper.storage.stream;

import io.streamkeeper.protocol.ContentType;
import io.streamkeeper.protocol.Expiry;
import io.streamkeeper.protocol.StreamPath;
import io.streamkeeper.storage.record.Lineage;

/**
 * The source of a fork that is to be created, as found by the source's shard. The source already counts the fork: the
 * holder of this object creates the fork, or reduces the count with {@code ShardStore.releaseSource}. The sub-offset is
 * not included yet.
 *
 * @param path the source
 * @param generation its incarnation
 * @param contentType the source's content type, which the fork inherits
 * @param expiry the source's expiry, which the fork inherits if its request has none
 * @param position the position at which the fork diverges
 * @param earliest the first position of the source that can be read
 * @param lineage the source's own bytes and those that it has inherited
 */
public record ForkSource(
        StreamPath path,
        long generation,
        ContentType contentType,
        Expiry expiry,
        long position,
        long earliest,
        Lineage lineage) {

    /** The same source for a fork that diverges at {@code newPosition}. */
    public ForkSource at(long newPosition) {
        return new ForkSource(path, generation, contentType, expiry, newPosition, earliest, lineage);
    }
}
