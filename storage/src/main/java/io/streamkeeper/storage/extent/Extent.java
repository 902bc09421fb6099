package io.streamkeeper.storage.extent;

import io.streamkeeper.storage.memory.Place;
import io.streamkeeper.storage.stream.StreamState;
import java.util.ArrayList;
import java.util.List;

/**
 * An extent file of the shard, with a count of the bytes that are still needed. Owned by the shard's loop; the file
 * itself may be read by any thread that holds it.
 */
public final class Extent extends Place {
    private final ExtentFile file;
    private final List<StreamState> referrers;
    private int descriptions;

    /** An extent that holds {@code file}; the catalog releases the file when the extent is removed. */
    public Extent(ExtentFile file) {
        this.file = file;
        this.referrers = new ArrayList<>((int) Math.min(Integer.MAX_VALUE - 8, file.entryCount()));
    }

    public ExtentFile file() {
        return file;
    }

    /** The stream of each entry of the file's index, in order. */
    public List<StreamState> referrers() {
        return referrers;
    }

    /** Whether the file may have an entry of a stream; false means that it has none. */
    boolean mayHold(long generation) {
        return !referrers.isEmpty()
                && referrers.get(0).generation() <= generation
                && generation <= referrers.get(referrers.size() - 1).generation();
    }

    /** Notes that this file contains a needed description of a dropped stream. */
    void keepDescription() {
        descriptions++;
    }

    /** Notes that this file contains the newest description of a stream. */
    public void describe(StreamState stream) {
        forget(stream);
        stream.owner(this);
        descriptions++;
    }

    /** Notes that the description of a stream is not needed any more, in whichever file it is. */
    static void forget(StreamState stream) {
        if (stream.owner() instanceof Extent owner) {
            owner.descriptions--;
        }
        stream.owner(null);
    }

    /** Bytes of the file that are still needed; the bytes of descriptions and of lengths of appends are estimated. */
    long neededBytes() {
        long indexBytes = file.bytes() - file.dataBytes() - file.lengthsBytes();
        long ofDescriptions = file.entryCount() == 0 ? 0 : indexBytes * descriptions / file.entryCount();
        long lengths = file.dataBytes() == 0 ? 0 : liveBytes() * file.lengthsBytes() / file.dataBytes();
        return liveBytes() + lengths + ofDescriptions;
    }
}
