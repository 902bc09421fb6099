package io.streamkeeper.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.storage.disk.Disk;
import io.streamkeeper.storage.disk.DiskFile;
import io.streamkeeper.storage.tool.StoreBackup;
import io.streamkeeper.storage.tool.StoreVerifier;
import java.io.IOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Verification and backup of a directory to which a server writes between any two of their reads. */
class RunningStoreTest {
    private static final int READS_MAX = 60;

    private FileRig rig;
    private int reads;

    RunningStoreTest() throws IOException {
        rig = new FileRig();
    }

    /** The disk as the tool sees it: after each of its reads of a journal there are a few more appends. */
    private Disk disk() {
        return wrap(Disk.class, rig.disk, false);
    }

    private <T> T wrap(Class<T> type, T target, boolean isJournal) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
                    if (method.isDefault()) {
                        return InvocationHandler.invokeDefault(proxy, method, arguments);
                    }
                    Object result;
                    try {
                        result = method.invoke(target, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                    if (result instanceof DiskFile file) {
                        return wrap(
                                DiskFile.class, file, arguments[0].toString().endsWith(".wal"));
                    }
                    if (isJournal && method.getName().equals("read") && reads++ < READS_MAX) {
                        for (int i = 0; i < 3; i++) {
                            rig.append("a", "more").appended();
                        }
                    }
                    return result;
                }));
    }

    @Test
    void whatComesWhileItIsVerifiedIsNoDamage() throws IOException {
        rig.create(CreateRequest.at("a").text("one")).created();

        assertThat(new StoreVerifier(disk(), line -> {}).verify(FileRig.DATA)).isEmpty();
        assertThat(reads).isGreaterThan(2);
    }

    @Test
    void whatComesWhileItIsCopiedIsNoDamage() throws IOException {
        rig.create(CreateRequest.at("a").text("one")).created();
        Path copy = Path.of("/copy");

        new StoreBackup(disk(), line -> {}).copy(FileRig.DATA, copy);

        assertThat(reads).isGreaterThan(2);
        assertThat(new StoreVerifier(rig.disk, line -> {}).verify(copy)).isEmpty();
    }

    @Test
    void aCheckpointThatReleasesSegmentsBeforeAnyStepOfACopyIsNoDamage() throws IOException {
        int steps = 0;
        while (checkpointBefore(steps, disk -> {
            Path copy = Path.of("/copy");
            new StoreBackup(disk, line -> {}).copy(FileRig.DATA, copy);
            return new StoreVerifier(rig.disk, line -> {}).verify(copy);
        })) {
            steps++;
        }
        assertThat(steps).isGreaterThan(10);
    }

    @Test
    void aCheckpointThatReleasesSegmentsBeforeAnyStepOfAVerificationIsNoDamage() throws IOException {
        int steps = 0;
        while (checkpointBefore(steps, disk -> new StoreVerifier(disk, line -> {}).verify(FileRig.DATA))) {
            steps++;
        }
        assertThat(steps).isGreaterThan(10);
    }

    /** What a tool does with the disk of a server that runs; returns the problems that it finds. */
    private interface Tool {
        List<String> run(Disk disk) throws IOException;
    }

    /**
     * Runs a tool on a store whose server makes checkpoints before operation {@code step} of it; returns whether it has
     * so many.
     */
    private boolean checkpointBefore(int step, Tool tool) throws IOException {
        rig = new FileRig();
        rig.create(CreateRequest.at("a").text("one")).created();
        fill();
        rig.checkpoint();
        fill();
        List<Path> segments = rig.files(".wal");
        int[] operations = {0};
        Disk disk = before(rig.disk, path -> {
            if (path.startsWith(FileRig.SHARD) && operations[0]++ == step) {
                rig.checkpoint();
                fill();
                rig.checkpoint();
                assertThat(rig.files(".wal")).as("some are released").isNotEqualTo(segments);
            }
        });
        assertThat(tool.run(disk)).as("step %s", step).isEmpty();
        rig.stop();
        return operations[0] > step;
    }

    private void fill() {
        for (int i = 0; i < 30; i++) {
            rig.append("a", "x".repeat(1_000)).appended();
        }
    }

    private static Disk before(Disk target, Consumer<Path> hook) {
        return (Disk) Proxy.newProxyInstance(
                Disk.class.getClassLoader(), new Class<?>[] {Disk.class}, (proxy, method, arguments) -> {
                    if (arguments != null && arguments[0] instanceof Path path) {
                        hook.accept(path);
                    }
                    try {
                        return method.invoke(target, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }
}
