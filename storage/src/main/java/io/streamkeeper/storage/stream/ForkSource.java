package io.streamkeeper.storage.stream;

import io.streamkeeper.protocol.ContentType;
import io.streamkeeper.protocol.Expiry;
import io.streamkeeper.protocol.StreamPath;
import io.streamkeeper.storage.record.Lineage;

/**
 * The source of a fork that is to be created, as its own shard has found it. The source already counts the fork: the
 * holder of this creates the fork, or takes it off the count with {@code ShardStore.releaseSource}. The sub-offset is
 * not included yet.
 *
 * @param path the source
 * @param generation its incarnation
 * @param contentType what the fork inherits if it names none
 * @param expiry likewise
 * @param position where the fork diverges
 * @param earliest the first position that the source can be read from
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

    /** The same source with the fork diverging at {@code newPosition}. */
    public ForkSource at(long newPosition) {
        return new ForkSource(path, generation, contentType, expiry, newPosition, earliest, lineage);
    }
}
