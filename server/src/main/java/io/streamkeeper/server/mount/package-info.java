/**
 * Streamkeeper in the Netty pipeline of another server, below any path. Streamkeeper's own pipeline reads and writes
 * bytes, and is used unchanged: each foreign connection that requests a stream gets an inner channel. The requests that
 * the foreign codec has decoded are encoded to bytes for it, and the bytes of its responses are decoded for the foreign
 * codec.
 *
 * <pre>
 *   foreign channel:  codec ── MountHandler ── other handlers
 *                               │        ▲
 *                  RequestEncoder        ResponseDecoder
 *                               ▼        │
 *   MountedChannel:       the pipeline of a connection of Streamkeeper
 * </pre>
 *
 * <p>To read in this order: {@link io.streamkeeper.server.mount.MountHandler}, {@code ForeignConnection} with {@code
 * MountRoot}, {@code ResponseOrder}, {@code HandlerResponses} and {@code HeldReads}; then {@code
 * StreamSide} with {@code RequestEncoder}, {@code ResponseDecoder}, {@code Unavailable} and {@code MountedChannel}.
 * Everything belongs to the event loop of the foreign connection. Nothing outside this package needs Netty's HTTP
 * codec.
 */
@NullMarked
package io.streamkeeper.server.mount;

import org.jspecify.annotations.NullMarked;
