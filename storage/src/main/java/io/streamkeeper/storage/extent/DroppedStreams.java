package io.streamkeeper.storage.extent;

import io.streamkeeper.storage.stream.StreamState;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * The streams that are dropped, of which a file says so, but which other files still refer to, because they have entries
 * of them: until they are forgotten, they take heap. One pass over the entries of all files forgets all of them, and is
 * due when there are many in proportion to the entries, so that its cost for each of them is bounded, or when heap
 * is refused. Owned by the shard's loop; no checkpoint or compaction runs during a pass.
 */
final class DroppedStreams {
    /** A pass looks at most at this many entries for each stream that it forgets. */
    private static final int ENTRIES_OF_EACH = 16;

    /** Entries looked at, or streams forgotten, in one step, so that a step stays short. */
    private static final int STEP_MAX = 8_192;

    private final ExtentCatalog catalog;
    private final Executor loop;
    private final Consumer<StreamState> forgotten;

    private List<StreamState> streams = new ArrayList<>();

    /** Looks at the files of {@code catalog}, in turns of {@code loop}; passes each stream to {@code forgotten}. */
    DroppedStreams(ExtentCatalog catalog, Executor loop, Consumer<StreamState> forgotten) {
        this.catalog = catalog;
        this.loop = loop;
        this.forgotten = forgotten;
    }

    /**
     * Adds a stream about which a file says that it is dropped, or will say so when the checkpoint in progress ends; a
     * stream may be added twice. If that checkpoint is abandoned, the next one adds the stream again.
     */
    void add(StreamState stream) {
        streams.add(stream);
    }

    boolean isEmpty() {
        return streams.isEmpty();
    }

    /**
     * Whether a pass is due.
     *
     * @param pressed whether any stream is enough, because heap is refused
     */
    boolean isDue(boolean pressed) {
        if (streams.isEmpty()) {
            return false;
        }
        if (pressed) {
            return true;
        }
        long entries = 0;
        for (Extent extent : catalog.extents()) {
            entries += extent.referrerCount();
        }
        return ENTRIES_OF_EACH * (long) streams.size() >= entries;
    }

    /** Makes a pass, and then runs {@code then}. */
    void forget(Runnable then) {
        List<StreamState> looked = streams;
        streams = new ArrayList<>();
        forget(new ArrayList<>(catalog.extents()), 0, 0, () -> report(looked, 0, then));
    }

    private void forget(List<Extent> extents, int index, int from, Runnable then) {
        if (index == extents.size()) {
            then.run();
            return;
        }
        Extent extent = extents.get(index);
        int end = Math.min(extent.referrerCount(), from + STEP_MAX);
        extent.forgetDropped(from, end);
        boolean isWhole = end == extent.referrerCount();
        loop.execute(() -> forget(extents, isWhole ? index + 1 : index, isWhole ? 0 : end, then));
    }

    private void report(List<StreamState> looked, int from, Runnable then) {
        int end = Math.min(looked.size(), from + STEP_MAX);
        for (int i = from; i < end; i++) {
            if (Extent.isForgettable(looked.get(i))) {
                forgotten.accept(looked.get(i));
            }
        }
        if (end < looked.size()) {
            loop.execute(() -> report(looked, end, then));
        } else {
            then.run();
        }
    }
}
