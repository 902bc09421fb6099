package io.streamkeeper.server.longrun;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A small file system in memory, which any user may mount where the kernel allows user namespaces: a process holds a
 * mount namespace in which a directory is that file system, and programs that use it run there. It ends with the
 * holder, which ends with the JVM of the test.
 */
final class SmallDisk implements AutoCloseable {
    private static final String HOLD =
            "mount -t tmpfs -o size=$1m,mode=0700 small \"$0\" && echo mounted && exec cat > /dev/null";

    /** Why there is none here. */
    static final class NotHere extends Exception {
        private static final long serialVersionUID = 1L;

        NotHere(String reason) {
            super(reason);
        }
    }

    final Path directory;
    private final Process holder;
    private int mebibytes;

    private SmallDisk(Path directory, int mebibytes, Process holder) {
        this.directory = directory;
        this.mebibytes = mebibytes;
        this.holder = holder;
    }

    /** Mounts one of this many MiB at a new directory. */
    static SmallDisk mount(Path directory, int mebibytes) throws IOException, InterruptedException, NotHere {
        Files.createDirectory(directory);
        Process holder;
        try {
            holder = new ProcessBuilder(
                            "unshare",
                            "--map-root-user",
                            "--mount",
                            "sh",
                            "-c",
                            HOLD,
                            directory.toString(),
                            Integer.toString(mebibytes))
                    .redirectErrorStream(true)
                    .start();
        } catch (IOException e) {
            throw new NotHere("unshare cannot be run: " + e.getMessage());
        }
        BufferedReader said =
                new BufferedReader(new InputStreamReader(holder.getInputStream(), StandardCharsets.UTF_8));
        String line = said.readLine();
        if (!"mounted".equals(line)) {
            holder.destroyForcibly();
            throw new NotHere("unshare --map-root-user --mount, then mount -t tmpfs, said: " + line);
        }
        SmallDisk disk = new SmallDisk(directory, mebibytes, holder);
        try {
            disk.run("true");
        } catch (IOException e) {
            disk.close();
            throw new NotHere("nsenter does not enter the namespace: " + e.getMessage());
        }
        return disk;
    }

    /** The prefix of a command that runs it where the file system is mounted. The process becomes the command. */
    List<String> prefix() {
        return List.of(
                "nsenter", "--target", Long.toString(holder.pid()), "--user", "--mount", "--preserve-credentials");
    }

    /** Makes it a quarter larger. */
    void grow() throws IOException {
        mebibytes += mebibytes / 4;
        try {
            run("mount", "-o", "remount,size=" + mebibytes + "m", "small", directory.toString());
        } catch (InterruptedException e) {
            throw new IOException("interrupted", e);
        }
    }

    /** Takes all the space that is left. */
    void fill() throws IOException, InterruptedException {
        run("sh", "-c", "dd if=/dev/zero of=\"$0\" bs=64k 2>/dev/null || true", padding());
    }

    /** Gives back the space that {@link #fill} has taken. */
    void release() throws IOException, InterruptedException {
        run("rm", "-f", padding());
    }

    private String padding() {
        return directory.resolve("padding").toString();
    }

    /** How many files of a name there are on it. */
    long count(String name) throws IOException {
        Path seenFromHere = Path.of("/proc/" + holder.pid() + "/root" + directory);
        try (Stream<Path> files = Files.walk(seenFromHere)) {
            return files.filter(file -> file.endsWith(name)).count();
        }
    }

    private void run(String... command) throws IOException, InterruptedException {
        List<String> all = new ArrayList<>(prefix());
        all.addAll(List.of(command));
        Process process = new ProcessBuilder(all).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!process.waitFor(1, TimeUnit.MINUTES) || process.exitValue() != 0) {
            throw new IOException(List.of(command) + ": " + said);
        }
    }

    @Override
    public void close() {
        holder.destroyForcibly();
    }
}
