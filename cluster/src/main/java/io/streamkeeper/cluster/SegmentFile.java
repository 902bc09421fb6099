package io.streamkeeper.cluster;

import io.streamkeeper.protocol.Digits;
import io.streamkeeper.storage.disk.Disk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A file of the log.
 *
 * @param file the file
 * @param first index of its first entry
 * @param end index of its last entry, or -1 while it is written
 */
record SegmentFile(Path file, long first, long end) {
    private static final Pattern NAME = Pattern.compile("log_(?:inprogress_([0-9]{1,18})|([0-9]{1,18})-([0-9]{1,18}))");

    boolean isOpen() {
        return end < 0;
    }

    /** The files in a directory, in the order of their entries; none if it does not exist. */
    static List<SegmentFile> list(Disk disk, Path directory) throws IOException {
        List<SegmentFile> segments = new ArrayList<>();
        if (!disk.exists(directory)) {
            return segments;
        }
        for (String name : disk.list(directory)) {
            Matcher matcher = NAME.matcher(name);
            if (matcher.matches()) {
                String open = matcher.group(1);
                segments.add(
                        open != null
                                ? new SegmentFile(directory.resolve(name), Digits.toLong(open), -1)
                                : new SegmentFile(
                                        directory.resolve(name),
                                        Digits.toLong(matcher.group(2)),
                                        Digits.toLong(matcher.group(3))));
            }
        }
        segments.sort(Comparator.comparingLong(SegmentFile::first));
        return segments;
    }
}
