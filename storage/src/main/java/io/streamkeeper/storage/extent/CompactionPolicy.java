package io.streamkeeper.storage.extent;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Chooses the extent files that are rewritten as one. If less than two thirds of all bytes are needed, it chooses the
 * emptiest files: few bytes are copied then, because usually the older a file is, the fewer of its bytes are needed.
 * Otherwise, if many files have about the same size, it chooses the oldest of them, so the number of files grows with
 * the logarithm of the stored bytes, up to the size that one compaction may write; beyond it, with the stored bytes
 * divided by that size. A file without needed bytes is removed at once.
 */
public final class CompactionPolicy {
    /** Files of one size that are merged together. */
    public static final int TIER_FILES = 8;

    private static final int TIER_BASE_BYTES = 64 << 10;

    /** Two of three bytes should be needed. */
    private static final int NEEDED = 2;

    private static final int NEEDED_OF = 3;

    /** Files of which a smaller part is needed are rewritten together. */
    private static final double SPARSE = 0.4;

    /**
     * A file is merged to make room only if that gains at least this many bytes, and one part in {@link
     * #GAIN_PARTS_MAX} of the file.
     */
    private static final long GAIN_BYTES_MIN = 4 << 10;

    private static final int GAIN_PARTS_MAX = 8;

    /** The most bytes that one compaction writes. */
    private final long outputBytesMax;

    CompactionPolicy(long outputBytesMax) {
        this.outputBytesMax = outputBytesMax;
    }

    /** The files to merge next; none if no merge is due. */
    List<Extent> pick(Collection<Extent> extents) {
        long bytes = 0;
        long needed = 0;
        List<Extent> empty = new ArrayList<>();
        for (Extent extent : extents) {
            bytes += extent.file().bytes();
            needed += extent.neededBytes();
            if (extent.neededBytes() == 0) {
                empty.add(extent);
            }
        }
        if (!empty.isEmpty()) {
            return empty;
        }
        return NEEDED_OF * needed < NEEDED * bytes ? pickSparse(extents) : pickTier(extents);
    }

    /**
     * The files to merge next on a full disk: those without needed bytes, otherwise the emptiest ones whose merge gains
     * room and whose needed bytes fit into {@code roomBytes}; an empty list if no file qualifies.
     */
    List<Extent> pickToMakeRoom(Collection<Extent> extents, long roomBytes) {
        List<Extent> candidates = new ArrayList<>();
        for (Extent extent : extents) {
            long gain = extent.file().bytes() - extent.neededBytes();
            boolean gains = gain >= GAIN_BYTES_MIN && gain >= extent.file().bytes() / GAIN_PARTS_MAX;
            if (extent.neededBytes() == 0 || (gains && extent.neededBytes() <= roomBytes)) {
                candidates.add(extent);
            }
        }
        candidates.sort(Comparator.comparingDouble(CompactionPolicy::neededPart));
        List<Extent> picked = new ArrayList<>();
        long bytes = 0;
        for (Extent extent : candidates) {
            bytes += extent.neededBytes();
            if (bytes > 0 && (bytes > roomBytes || picked.size() >= TIER_FILES)) {
                break;
            }
            picked.add(extent);
        }
        return picked;
    }

    private List<Extent> pickSparse(Collection<Extent> extents) {
        List<Extent> sparse = new ArrayList<>(extents);
        sparse.sort(Comparator.comparingDouble(CompactionPolicy::neededPart));
        List<Extent> picked = new ArrayList<>();
        for (Extent extent : sparse) {
            if (picked.isEmpty() || neededPart(extent) < SPARSE) {
                picked.add(extent);
            }
        }
        return withinBounds(picked, TIER_FILES);
    }

    private static double neededPart(Extent extent) {
        return (double) extent.neededBytes() / extent.file().bytes();
    }

    private List<Extent> pickTier(Collection<Extent> extents) {
        Map<Integer, List<Extent>> tiers = new TreeMap<>();
        for (Extent extent : extents) {
            if (!extent.file().isCopied()) {
                tiers.computeIfAbsent(tier(extent.file().bytes()), tier -> new ArrayList<>())
                        .add(extent);
            }
        }
        for (List<Extent> tier : tiers.values()) {
            if (tier.size() >= TIER_FILES) {
                List<Extent> picked = withinBounds(tier, TIER_FILES);
                if (picked.size() < TIER_FILES) {
                    picked = pickLarge(tier);
                }
                if (!picked.isEmpty()) {
                    return picked;
                }
            }
        }
        return List.of();
    }

    /**
     * The smallest of many files that are too large to be merged all at once: eight that fit, or fewer if they make a
     * file of almost the greatest size. So each byte is copied a few times more, and the number of files, and of the runs
     * that a stream has in them, is about the number of times that this size is stored.
     */
    private List<Extent> pickLarge(List<Extent> tier) {
        List<Extent> smallest = new ArrayList<>(tier);
        smallest.sort(Comparator.comparingLong(Extent::neededBytes));
        List<Extent> picked = withinBounds(smallest, TIER_FILES);
        long bytes = 0;
        for (Extent extent : picked) {
            bytes += extent.neededBytes();
        }
        boolean fills = picked.size() > 1 && bytes >= outputBytesMax / 4 * 3;
        return fills || picked.size() == TIER_FILES ? picked : List.of();
    }

    private List<Extent> withinBounds(List<Extent> candidates, int filesMax) {
        List<Extent> picked = new ArrayList<>();
        long bytes = 0;
        for (Extent extent : candidates) {
            bytes += extent.neededBytes();
            if (picked.size() == filesMax || (!picked.isEmpty() && bytes > outputBytesMax)) {
                break;
            }
            picked.add(extent);
        }
        return picked;
    }

    private static int tier(long bytes) {
        int tier = 0;
        for (long rest = bytes / TIER_BASE_BYTES; rest > 0; rest >>= 3) {
            tier++;
        }
        return tier;
    }
}
