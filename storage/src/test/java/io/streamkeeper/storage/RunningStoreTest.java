package io.streamkeeper.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.storage.disk.Disk;
import io.streamkeeper.storage.disk.DiskFile;
import java.io.IOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Verification and backup of a directory while a server goes on writing to it: between any two of their reads. */
class RunningStoreTest {
    private static final int READS_MAX = 60;

    private final FileRig rig;
    private int reads;

    RunningStoreTest() throws IOException {
        rig = new FileRig();
    }

    /** The disk as the tool sees it: behind each of its reads of a journal, a few more appends have come. */
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
}
