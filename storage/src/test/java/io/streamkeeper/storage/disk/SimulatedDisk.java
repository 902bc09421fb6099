package io.streamkeeper.storage.disk;

import io.streamkeeper.storage.disk.DiskException.Operation;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * A disk in memory that forgets what was not synced. Belongs to one thread, the test's; everything random comes from
 * its {@link Random}.
 *
 * <p>The faults:
 *
 * <ul>
 *   <li>A power cut ({@link #cutPower}) leaves of each file what was synced and any of the writes since, each whole,
 *       torn at a sector, or not at all, also later ones without earlier ones; of each directory what was synced and,
 *       in order, some first part of the changes since; and any of the directories that were made in it since, with
 *       what is in them, or removed.
 *   <li>A kill ({@link #killProcess}) leaves everything that was written.
 *   <li>A sync that fails drops what it was to cover from what later syncs cover; reads see it until the power is cut,
 *       which may leave it there too, except where other bytes were written and synced since.
 *   <li>A full disk writes a part, or nothing, and throws. Bytes that were there need no room. One that reports late
 *       takes what makes a file longer, and fails its sync.
 *   <li>Writes may be short; reads may fail; a bit may flip.
 *   <li>The world may stop before any change ({@link #stopBefore}): from then on every operation fails.
 * </ul>
 */
public final class SimulatedDisk implements Disk {
    private static final int SECTOR_BYTES = 512;

    private static final class Write {
        private final int position;
        private final byte[] bytes;

        Write(int position, byte[] bytes) {
            this.position = position;
            this.bytes = bytes;
        }

        int position() {
            return position;
        }

        byte[] bytes() {
            return bytes;
        }
    }

    private static final class Inode {
        byte[] bytes = new byte[0];
        byte[] durable = new byte[0];
        List<Write> unsynced = new ArrayList<>();
        List<Write> lost = new ArrayList<>();
        boolean hasNoRoom;
        int truncatedTo = Integer.MAX_VALUE;
    }

    /** A change of names that is not durable yet. */
    private interface NameChange {
        void to(Map<String, Inode> names);
    }

    private final Random random;
    private final long saltSeed;
    private long salts;
    private final Map<String, Inode> names = new TreeMap<>();
    private final Map<String, Inode> durableNames = new TreeMap<>();
    private final Map<String, List<NameChange>> unsyncedNames = new HashMap<>();
    private final Set<String> directories = new TreeSet<>();
    private final Set<String> durableDirectories = new HashSet<>();
    private final List<Path> open = new ArrayList<>();
    private int generation;
    private long operations;
    private long stopBefore = Long.MAX_VALUE;
    private boolean stopped;
    private int failingSyncs;
    private long syncs;
    private boolean shortWrites;
    private boolean reportsLate;
    private long lateReports;
    private long capacityBytes = Long.MAX_VALUE;
    private Predicate<Path> failingReads = file -> false;

    /** A disk of which the salts are the same for the same calls. */
    public SimulatedDisk(Random random) {
        this(random, 0x5bd1e995a3f1c2d7L);
    }

    /** A disk of which the salts follow from {@code saltSeed}. */
    public SimulatedDisk(Random random, long saltSeed) {
        this.random = random;
        this.saltSeed = saltSeed;
    }

    // ---- faults ----

    /** The world stops before the change number {@code count} from now. */
    public void stopBefore(long count) {
        stopBefore = operations + count;
    }

    /** Every operation from now on fails: the process is not there any more to make it. */
    public void stop() {
        stopped = true;
    }

    /** How often files and directories were synced. */
    public long syncs() {
        return syncs;
    }

    public boolean isStopped() {
        return stopped;
    }

    public void failNextSyncs(int count) {
        failingSyncs = count;
    }

    public void shortWrites(boolean are) {
        shortWrites = are;
    }

    /** Whether there being no room shows only when what makes a file longer is synced. */
    public void reportsLate(boolean does) {
        reportsLate = does;
    }

    /** How often that has shown so. */
    public long lateReports() {
        return lateReports;
    }

    public void capacityBytes(long bytes) {
        capacityBytes = bytes;
    }

    public void failReads(Predicate<Path> of) {
        failingReads = of;
    }

    /** Flips a bit for good. */
    public void flipBit(Path file, long position) {
        Inode inode = names.get(file.toString());
        int at = (int) position;
        int bit = 1 << random.nextInt(8);
        inode.bytes[at] ^= (byte) bit;
        if (at < inode.durable.length) {
            inode.durable[at] ^= (byte) bit;
        }
    }

    /**
     * What was written to the files under {@code directory} and is not synced: an object for each write.
     *
     * @param counts whether a file with these bytes counts
     */
    public Set<Object> unsynced(Path directory, Predicate<byte[]> counts) {
        Set<Object> writes = Collections.newSetFromMap(new IdentityHashMap<>());
        names.forEach((name, inode) -> {
            if (Path.of(name).startsWith(directory) && counts.test(inode.bytes)) {
                writes.addAll(inode.unsynced);
            }
        });
        return writes;
    }

    /** The files that this process has open, by the names that it opened them by; one for each time. */
    public List<Path> openFiles() {
        return List.copyOf(open);
    }

    /** All files, by name. */
    public List<Path> files() {
        return names.keySet().stream().map(Path::of).toList();
    }

    public long size(Path file) {
        return names.get(file.toString()).bytes.length;
    }

    /** The process is killed: what was written stays. */
    public void killProcess() {
        begin();
    }

    /** The power is cut: what was not synced may be there, or in part, or not. */
    public void cutPower() {
        begin();
        unsyncedNames.forEach((directory, changes) -> {
            int kept = random.nextInt(changes.size() + 1);
            changes.subList(0, kept).forEach(change -> change.to(durableNames));
        });
        unsyncedNames.clear();
        loseDirectories();
        names.clear();
        names.putAll(durableNames);
        for (Inode inode : new LinkedHashSet<>(names.values())) {
            lose(inode);
        }
    }

    /** Of the directories that were made or removed since their parent was synced, any are there. */
    private void loseDirectories() {
        Set<String> before = new TreeSet<>(durableDirectories);
        before.addAll(directories);
        Set<String> left = new TreeSet<>();
        for (String directory : before) {
            boolean isSure = durableDirectories.contains(directory) && directories.contains(directory);
            Path parent = Path.of(directory).getParent();
            boolean hasParent = isTop(directory) || left.contains(String.valueOf(parent));
            if (hasParent && (isSure || random.nextBoolean())) {
                left.add(directory);
            }
        }
        directories.clear();
        directories.addAll(left);
        durableDirectories.clear();
        durableDirectories.addAll(left);
        durableNames
                .keySet()
                .removeIf(name -> !left.contains(Path.of(name).getParent().toString()));
    }

    /** Whether it is the root, or a directory in it: those are there before anything is. */
    private static boolean isTop(String directory) {
        return Path.of(directory).getNameCount() < 2;
    }

    private void begin() {
        generation++;
        open.clear();
        stopped = false;
        stopBefore = Long.MAX_VALUE;
        failingSyncs = 0;
        shortWrites = false;
        reportsLate = false;
        capacityBytes = Long.MAX_VALUE;
        failingReads = file -> false;
    }

    private void lose(Inode inode) {
        List<Write> maybe = new ArrayList<>(inode.lost);
        maybe.addAll(inode.unsynced);
        int chance = random.nextInt(4);
        for (Write write : maybe) {
            if (random.nextInt(3) < chance) {
                int length = write.bytes().length;
                if (random.nextInt(4) == 0) {
                    int sectors = random.nextInt(length / SECTOR_BYTES + 1);
                    length = Math.min(length, sectors * SECTOR_BYTES);
                }
                inode.durable = put(inode.durable, write.position(), Arrays.copyOf(write.bytes(), length));
            }
        }
        if (inode.truncatedTo < inode.durable.length && random.nextBoolean()) {
            inode.durable = Arrays.copyOf(inode.durable, inode.truncatedTo);
        }
        inode.truncatedTo = Integer.MAX_VALUE;
        inode.bytes = inode.durable.clone();
        inode.unsynced = new ArrayList<>();
        inode.lost = new ArrayList<>();
    }

    /**
     * What is left of writes that may come to the disk late, where another has come to it since: old bytes do not
     * return.
     */
    private static List<Write> without(List<Write> late, Write since) {
        List<Write> left = new ArrayList<>();
        int end = since.position() + since.bytes().length;
        for (Write write : late) {
            int writeEnd = write.position() + write.bytes().length;
            int head = Math.min(write.bytes().length, since.position() - write.position());
            if (head > 0) {
                left.add(new Write(write.position(), Arrays.copyOf(write.bytes(), head)));
            }
            int tail = Math.min(write.bytes().length, writeEnd - end);
            if (tail > 0) {
                byte[] bytes = Arrays.copyOfRange(write.bytes(), write.bytes().length - tail, write.bytes().length);
                left.add(new Write(writeEnd - tail, bytes));
            }
        }
        return left;
    }

    private static byte[] put(byte[] target, int position, byte[] bytes) {
        byte[] grown =
                target.length >= position + bytes.length ? target : Arrays.copyOf(target, position + bytes.length);
        System.arraycopy(bytes, 0, grown, position, bytes.length);
        return grown;
    }

    // ---- operations ----

    /** Before a change: the world may have stopped. */
    private void change(Operation operation, Path path) throws IOException {
        operations++;
        if (operations >= stopBefore) {
            stopped = true;
        }
        look(operation, path);
    }

    private void look(Operation operation, Path path) throws IOException {
        if (stopped) {
            throw new DiskException(operation, path, "simulated: the world has stopped");
        }
    }

    private void checkRoom(Operation operation, Path path, long more) throws IOException {
        if (more > 0 && usedBytes() + more > capacityBytes) {
            throw new DiskException(operation, path, "simulated: no space left");
        }
    }

    @Override
    public long usableBytes(Path directory) {
        return Math.max(0, capacityBytes - usedBytes());
    }

    public long usedBytes() {
        long used = 0;
        for (Inode inode : new LinkedHashSet<>(names.values())) {
            used += inode.bytes.length;
        }
        return used;
    }

    private void rename(Path directory, NameChange change) {
        change.to(names);
        unsyncedNames
                .computeIfAbsent(directory.toString(), name -> new ArrayList<>())
                .add(change);
    }

    @Override
    public DiskFile open(Path file) throws IOException {
        look(Operation.OPEN, file);
        Inode inode = names.get(file.toString());
        if (inode == null) {
            throw new NoSuchFileException(file.toString());
        }
        return new File(file, inode);
    }

    @Override
    public DiskFile create(Path file) throws IOException {
        change(Operation.CREATE, file);
        if (names.containsKey(file.toString())) {
            throw new FileAlreadyExistsException(file.toString());
        }
        if (!directories.contains(file.getParent().toString())) {
            throw new DiskException(Operation.CREATE, file, "its directory does not exist");
        }
        checkRoom(Operation.CREATE, file, 1);
        Inode inode = new Inode();
        rename(file.getParent(), all -> all.put(file.toString(), inode));
        return new File(file, inode);
    }

    @Override
    public boolean exists(Path path) throws IOException {
        look(Operation.LOOK_UP, path);
        return names.containsKey(path.toString()) || directories.contains(path.toString());
    }

    @Override
    public List<String> list(Path directory) throws IOException {
        look(Operation.LIST, directory);
        if (!directories.contains(directory.toString())) {
            throw new NoSuchFileException(directory.toString());
        }
        List<String> found = new ArrayList<>();
        for (String name : names.keySet()) {
            if (directory.equals(Path.of(name).getParent())) {
                found.add(Path.of(name).getFileName().toString());
            }
        }
        for (String name : directories) {
            if (directory.equals(Path.of(name).getParent())) {
                found.add(Path.of(name).getFileName().toString());
            }
        }
        found.sort(null);
        return found;
    }

    /** The same for the same calls, without a draw from what decides about faults. */
    @Override
    public long salt() {
        salts++;
        return saltSeed ^ (salts * 0x9e3779b97f4a7c15L);
    }

    @Override
    public List<Path> directories(Path directory) throws IOException {
        return list(directory).stream()
                .map(directory::resolve)
                .filter(path -> directories.contains(path.toString()))
                .toList();
    }

    @Override
    public void createDirectories(Path directory) throws IOException {
        change(Operation.CREATE_DIRECTORY, directory);
        for (Path path = directory; path != null; path = path.getParent()) {
            directories.add(path.toString());
            if (isTop(path.toString())) {
                durableDirectories.add(path.toString());
            }
        }
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        change(Operation.RENAME, from);
        Inode inode = names.get(from.toString());
        if (inode == null) {
            throw new DiskException(Operation.RENAME, from, new NoSuchFileException(from.toString()));
        }
        rename(from.getParent(), all -> {
            all.remove(from.toString());
            all.put(to.toString(), inode);
        });
    }

    @Override
    public void delete(Path file) throws IOException {
        change(Operation.DELETE, file);
        if (directories.contains(file.toString())) {
            if (!list(file).isEmpty()) {
                throw new DiskException(Operation.DELETE, file, "simulated: the directory is not empty");
            }
            directories.remove(file.toString());
            return;
        }
        if (!names.containsKey(file.toString())) {
            throw new NoSuchFileException(file.toString());
        }
        rename(file.getParent(), all -> all.remove(file.toString()));
    }

    @Override
    public void syncDirectory(Path directory) throws IOException {
        change(Operation.SYNC_DIRECTORY, directory);
        if (!directories.contains(directory.toString())) {
            throw new NoSuchFileException(directory.toString());
        }
        failSync(Operation.SYNC_DIRECTORY, directory);
        durableDirectories.removeIf(name -> directory.equals(Path.of(name).getParent()) && !isTop(name));
        directories.stream()
                .filter(name -> directory.equals(Path.of(name).getParent()))
                .forEach(durableDirectories::add);
        List<NameChange> changes = unsyncedNames.remove(directory.toString());
        if (changes != null) {
            changes.forEach(change -> change.to(durableNames));
        }
    }

    private void failSync(Operation operation, Path path) throws IOException {
        syncs++;
        if (failingSyncs > 0) {
            failingSyncs--;
            throw new DiskException(operation, path, "simulated: input/output error");
        }
    }

    @Override
    public void replace(Path from, Path to) throws IOException {
        rename(from, to);
        syncDirectory(to.getParent());
    }

    private final class File implements DiskFile {
        private final Path path;
        private final Inode inode;
        private final int openedIn = generation;
        private boolean closed;

        File(Path path, Inode inode) {
            this.path = path;
            this.inode = inode;
            open.add(path);
        }

        private void checkOpen(Operation operation) throws IOException {
            if (closed || openedIn != generation) {
                throw new DiskException(operation, path, "simulated: the file is closed");
            }
        }

        @Override
        public int write(long position, ByteBuffer bytes) throws IOException {
            checkOpen(Operation.WRITE);
            change(Operation.WRITE, path);
            int length = bytes.remaining();
            if (shortWrites && length > 1) {
                length = 1 + random.nextInt(length);
            }
            long more = position + length - inode.bytes.length;
            boolean fails = more > 0 && usedBytes() + more > capacityBytes;
            inode.hasNoRoom |= fails && reportsLate;
            if (fails && !reportsLate) {
                int fits = (int) Math.max(0, Math.min(length, capacityBytes - usedBytes() + length - more));
                put((int) position, bytes, fits == 0 ? 0 : random.nextInt(fits));
                throw new DiskException(Operation.WRITE, path, "simulated: no space left");
            }
            put((int) position, bytes, length);
            return length;
        }

        private void put(int position, ByteBuffer bytes, int length) {
            if (length == 0) {
                return;
            }
            byte[] copy = new byte[length];
            bytes.get(copy);
            inode.bytes = SimulatedDisk.put(inode.bytes, position, copy);
            inode.unsynced.add(new Write(position, copy));
        }

        @Override
        public int read(long position, ByteBuffer into) throws IOException {
            checkOpen(Operation.READ);
            look(Operation.READ, path);
            if (failingReads.test(path)) {
                throw new DiskException(Operation.READ, path, "simulated: input/output error");
            }
            if (position >= inode.bytes.length) {
                return -1;
            }
            int length = (int) Math.min(into.remaining(), inode.bytes.length - position);
            into.put(inode.bytes, (int) position, length);
            return length;
        }

        @Override
        public void sync() throws IOException {
            checkOpen(Operation.SYNC);
            change(Operation.SYNC, path);
            try {
                failSync(Operation.SYNC, path);
                if (inode.hasNoRoom && usedBytes() > capacityBytes) {
                    lateReports++;
                    throw new DiskException(Operation.SYNC, path, "simulated: no space left");
                }
            } catch (IOException e) {
                inode.lost.addAll(inode.unsynced);
                inode.unsynced = new ArrayList<>();
                throw e;
            }
            for (Write write : inode.unsynced) {
                inode.durable = SimulatedDisk.put(inode.durable, write.position(), write.bytes());
                inode.lost = without(inode.lost, write);
            }
            inode.unsynced = new ArrayList<>();
            inode.hasNoRoom = false;
            if (inode.truncatedTo < inode.durable.length) {
                inode.durable = Arrays.copyOf(inode.durable, inode.truncatedTo);
            }
            inode.truncatedTo = Integer.MAX_VALUE;
        }

        @Override
        public long size() throws IOException {
            checkOpen(Operation.SIZE);
            look(Operation.SIZE, path);
            return inode.bytes.length;
        }

        @Override
        public void truncate(long size) throws IOException {
            checkOpen(Operation.TRUNCATE);
            change(Operation.TRUNCATE, path);
            if (size < inode.bytes.length) {
                inode.bytes = Arrays.copyOf(inode.bytes, (int) size);
                inode.truncatedTo = (int) Math.min(inode.truncatedTo, size);
                inode.unsynced.replaceAll(write -> write.position() + write.bytes().length <= size
                        ? write
                        : new Write(write.position(), Arrays.copyOf(write.bytes(), (int)
                                Math.max(0, size - write.position()))));
                inode.unsynced.removeIf(write -> write.bytes().length == 0);
            }
        }

        @Override
        public void close() {
            if (!closed && openedIn == generation) {
                open.remove(path);
            }
            closed = true;
        }
    }
}
