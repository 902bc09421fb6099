package io.streamkeeper.protocol;

import org.jspecify.annotations.Nullable;

/**
 * The fork that a create requests (section 4.2).
 *
 * @param source the stream to inherit from
 * @param offset where the fork diverges, or null for the source's tail
 * @param subOffset how many messages (JSON) or bytes (other types) to inherit after {@code offset}; not negative
 */
public record ForkOrigin(StreamPath source, @Nullable Offset offset, long subOffset) {}
