package io.streamkeeper.storage.tier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streamkeeper.storage.directory.ObjectList.StoredObject;
import io.streamkeeper.storage.extent.ExtentUnavailableException;
import io.streamkeeper.storage.memory.Budget;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WindowCacheTest {
    private static final int WINDOW_BYTES = 16;
    private static final byte[] BYTES = TierRig.bytes(100);
    private static final StoredObject OBJECT = new StoredObject("key", BYTES.length, 0);

    private final Budget budget = new Budget("tier", 3 * WINDOW_BYTES);
    private final List<Long> readAt = Collections.synchronizedList(new ArrayList<>());
    private final ExecutorService threads = Executors.newFixedThreadPool(4);
    private WindowCache.Reader reader = (object, position, into) -> into.put(BYTES, (int) position, into.remaining());

    @AfterEach
    void end() {
        threads.shutdownNow();
    }

    private WindowCache cache(long waitMillis) {
        return new WindowCache(
                WINDOW_BYTES,
                TimeUnit.MILLISECONDS.toNanos(waitMillis),
                budget,
                (object, position, into) -> {
                    readAt.add(position);
                    reader.read(object, position, into);
                },
                new TierFigures());
    }

    private static byte[] read(WindowCache cache, int position, int length) throws IOException {
        ByteBuffer into = ByteBuffer.allocate(length);
        cache.read(OBJECT, position, into);
        return into.array();
    }

    private static byte[] expected(int position, int length) {
        byte[] part = new byte[length];
        System.arraycopy(BYTES, position, part, 0, length);
        return part;
    }

    @Test
    void anyRangeIsReadByWindowsAndTheSameWindowOnce() throws IOException {
        WindowCache cache = cache(0);
        assertThat(read(cache, 10, 30)).isEqualTo(expected(10, 30));
        assertThat(readAt).containsExactly(0L, 16L, 32L);
        assertThat(read(cache, 0, 48)).isEqualTo(expected(0, 48));
        assertThat(readAt).hasSize(3);
        assertThat(budget.usedBytes()).isEqualTo(48);
        assertThat(read(cache, 90, 10)).isEqualTo(expected(90, 10));
        assertThat(read(cache, 16, 16)).isEqualTo(expected(16, 16));
        assertThat(readAt).as("the oldest window has left").containsExactly(0L, 16L, 32L, 80L, 96L, 16L);
        assertThat(budget.usedBytes()).isEqualTo(48);
        assertThatThrownBy(() -> read(cache, 91, 10)).isInstanceOf(EOFException.class);
    }

    @Test
    void aWindowThatIsForgottenIsReadAgain() throws IOException {
        WindowCache cache = cache(0);
        read(cache, 0, 40);
        cache.forget(OBJECT, 20, 5);
        read(cache, 0, 40);
        assertThat(readAt).containsExactly(0L, 16L, 32L, 16L);
        assertThat(budget.usedBytes()).isEqualTo(48);
    }

    @Test
    void aFailedReadKeepsNoMemoryAndIsTriedAgain() throws IOException {
        WindowCache.Reader works = reader;
        reader = (object, position, into) -> {
            throw new IOException("scripted");
        };
        WindowCache cache = cache(0);
        for (int i = 0; i < 10; i++) {
            int window = i;
            assertThatThrownBy(() -> read(cache, window * 10, 10)).hasMessage("scripted");
        }
        reader = works;
        assertThat(read(cache, 0, 48)).isEqualTo(expected(0, 48));
    }

    /** From now on a read of the object store begins, and waits until it may continue. */
    private void holdReads(CountDownLatch begun, CountDownLatch may) {
        WindowCache.Reader works = reader;
        reader = (object, position, into) -> {
            begun.countDown();
            awaitUninterruptibly(may);
            works.read(object, position, into);
        };
    }

    @Test
    void readsOfOneWindowAtATimeWaitForTheFirst() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch may = new CountDownLatch(1);
        holdReads(begun, may);
        WindowCache cache = cache(10_000);
        List<Future<byte[]>> reads = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            reads.add(threads.submit(() -> read(cache, 0, 16)));
        }
        begun.await();
        may.countDown();
        for (Future<byte[]> each : reads) {
            assertThat(each.get()).isEqualTo(expected(0, 16));
        }
        assertThat(readAt).containsExactly(0L);
    }

    @Test
    void aReadThatFindsNoMemoryInTimeFailsForNow() throws Exception {
        CountDownLatch begun = new CountDownLatch(3);
        CountDownLatch may = new CountDownLatch(1);
        holdReads(begun, may);
        WindowCache cache = cache(50);
        List<Future<byte[]>> reads = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            int position = i * WINDOW_BYTES;
            reads.add(threads.submit(() -> read(cache, position, 16)));
        }
        begun.await();
        assertThatThrownBy(() -> read(cache, 50, 10)).isInstanceOf(ExtentUnavailableException.class);
        may.countDown();
        for (Future<byte[]> each : reads) {
            each.get();
        }
        assertThat(read(cache, 50, 10)).isEqualTo(expected(50, 10));
    }

    @Test
    void whateverIsReadForgottenAndFailsAtTheSameTimeTheBytesAreRight() throws Exception {
        WindowCache.Reader works = reader;
        AtomicInteger calls = new AtomicInteger();
        reader = (object, position, into) -> {
            if (calls.incrementAndGet() % 7 == 0) {
                throw new IOException("scripted");
            }
            works.read(object, position, into);
        };
        WindowCache cache = cache(10_000);
        List<Future<Integer>> readers = new ArrayList<>();
        for (int thread = 0; thread < 4; thread++) {
            Random random = new Random(thread);
            readers.add(threads.submit(() -> readOften(cache, random)));
        }
        for (Future<Integer> each : readers) {
            assertThat(each.get()).isPositive();
        }
        assertThat(budget.usedBytes()).isLessThanOrEqualTo(3 * WINDOW_BYTES);
    }

    private static int readOften(WindowCache cache, Random random) {
        int good = 0;
        for (int i = 0; i < 5_000; i++) {
            int position = random.nextInt(BYTES.length);
            int length = random.nextInt(BYTES.length - position);
            if (random.nextInt(8) == 0) {
                cache.forget(OBJECT, position, length);
            }
            try {
                assertThat(read(cache, position, length)).isEqualTo(expected(position, length));
                good++;
            } catch (IOException e) {
                assertThat(e).hasMessage("scripted");
            }
        }
        return good;
    }

    private static void awaitUninterruptibly(CountDownLatch latch) throws IOException {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }
}
