package io.streamkeeper.storage.provider;

import java.nio.file.Path;
import java.util.UUID;

/**
 * The identity of a shard that opens.
 *
 * @param store the identity of the data directory: two directories never have the same, unless one is a copy
 * @param shard the shard's number
 * @param directory the shard's directory
 */
public record ShardIdentity(UUID store, int shard, Path directory) {}
