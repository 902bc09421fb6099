/**
 * A shard's state and its durability. Knows nothing of HTTP and of Netty channels; one shard's state is owned by the one
 * loop that runs the shard.
 */
@NullMarked
package io.streamkeeper.storage;

import org.jspecify.annotations.NullMarked;
