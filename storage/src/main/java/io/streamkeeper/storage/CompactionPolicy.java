package io.streamkeeper.storage;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Which extent files are to be written anew, as one. First those of which less than half is needed: what is copied then
 * frees more than it takes. Else, where there are many files of about one size, the oldest of them: so the number of files
 * grows with the logarithm of what is stored, and each byte is copied once for each size.
 */
final class CompactionPolicy {
    /** Files of one size that are merged together. */
    static final int TIER_FILES = 8;

    private static final int TIER_BASE_BYTES = 64 << 10;

    /** What one compaction writes at the most. */
    private final long outputBytesMax;

    CompactionPolicy(long outputBytesMax) {
        this.outputBytesMax = outputBytesMax;
    }

    /** The files to merge next; none if all is well. */
    List<Extent> pick(Collection<Extent> extents) {
        List<Extent> sparse = new ArrayList<>();
        for (Extent extent : extents) {
            if (2 * extent.neededBytes() < extent.file().bytes()) {
                sparse.add(extent);
            }
        }
        sparse.sort(Comparator.comparingLong(Extent::neededBytes));
        return sparse.isEmpty() ? pickTier(extents) : withinBounds(sparse, TIER_FILES);
    }

    private List<Extent> pickTier(Collection<Extent> extents) {
        Map<Integer, List<Extent>> tiers = new TreeMap<>();
        for (Extent extent : extents) {
            tiers.computeIfAbsent(tier(extent.file().bytes()), tier -> new ArrayList<>())
                    .add(extent);
        }
        for (List<Extent> tier : tiers.values()) {
            if (tier.size() >= TIER_FILES) {
                List<Extent> picked = withinBounds(tier, TIER_FILES);
                if (picked.size() == TIER_FILES) {
                    return picked;
                }
            }
        }
        return List.of();
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
