package io.streamkeeper.cluster.state;

import io.streamkeeper.storage.extent.ExtentFiles;
import org.jspecify.annotations.Nullable;

/** What a running member knows of its store, for a state of it. Safe for use by any thread; no method blocks. */
public interface StateSource {
    /** Why this member can give no state now; null if it can. */
    @Nullable
    String unable();

    /** Whether a name is that of a member of the present configuration. */
    boolean hasMember(String name);

    /** Index of the last entry that is applied, and so committed. */
    long appliedIndex();

    /** Index of the last entry of which the shards were given the records. */
    long deliveredIndex();

    /**
     * Index of the first entry that a start needs for a shard.
     *
     * @param delivered what {@link #deliveredIndex} was before
     * @param checkpointLsn the last record that the extents of the shard have
     * @param location where the log has the records after that one, at the earliest
     */
    long neededFrom(int shard, long delivered, long checkpointLsn, long location);

    /**
     * The object of an extent file, which stays until the result is closed; its reads block.
     *
     * @return null if the file has none
     */
    ExtentFiles.@Nullable Input keepObject(int shard, long file);
}
