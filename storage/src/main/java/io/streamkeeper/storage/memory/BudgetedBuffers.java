package io.streamkeeper.storage.memory;

import io.netty.buffer.AbstractByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.buffer.UnpooledDirectByteBuf;
import io.netty.buffer.UnpooledUnsafeDirectByteBuf;
import io.netty.util.internal.CleanableDirectBuffer;
import io.netty.util.internal.PlatformDependent;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Direct buffers of a {@link Budget}: their bytes are reserved before they are allocated and given back when they are
 * freed, which is with their last release and not at some later garbage collection. They do not grow. Safe for use by any
 * thread.
 */
public final class BudgetedBuffers {
    private final Budget budget;
    private final LongConsumer release;

    /** Buffers of {@code budget}. */
    public BudgetedBuffers(Budget budget) {
        this.budget = budget;
        this.release = budget::release;
    }

    /** The budget that the buffers are of. */
    public Budget budget() {
        return budget;
    }

    /** A buffer, owned by the caller, or null if it does not fit. */
    public @Nullable ByteBuf tryAllocate(int bytes) {
        return budget.tryReserve(bytes) ? allocateReserved(bytes) : null;
    }

    /**
     * A buffer, owned by the caller, of bytes that are reserved in the budget already: they are the buffer's from now on,
     * and given back also when it cannot be allocated.
     */
    public ByteBuf allocateReserved(int bytes) {
        return allocate(bytes, release);
    }

    private static ByteBuf allocate(int bytes, LongConsumer release) {
        try {
            return LeakAware.INSTANCE.watch(
                    PlatformDependent.hasUnsafe() ? new UnsafeBuffer(release, bytes) : new SafeBuffer(release, bytes));
        } catch (RuntimeException | Error e) {
            release.accept(bytes);
            throw e;
        }
    }

    /**
     * A buffer, owned by the caller, of a part of {@code reservation}.
     *
     * @throws IllegalStateException if less is left of it: what is allocated was not reserved
     */
    public ByteBuf allocate(Reservation reservation, int bytes) {
        if (!reservation.take(bytes)) {
            throw new IllegalStateException("a buffer of " + bytes + " bytes is wanted of a reservation of "
                    + reservation.bytes() + " in the budget of " + budget.name());
        }
        return allocateReserved(bytes);
    }

    /**
     * A buffer, owned by the caller, of a part of {@code standing}, to which its bytes return when it is freed: there they are
     * for the next buffer, and nobody else gets them before the reservation is closed.
     *
     * @throws IllegalStateException if less is left of it
     */
    public ByteBuf lend(Reservation standing, int bytes) {
        if (!standing.take(bytes)) {
            throw new IllegalStateException("a buffer of " + bytes + " bytes is wanted of a standing reservation of "
                    + standing.bytes() + " in the budget of " + budget.name());
        }
        return allocate(bytes, standing::add);
    }

    /** Frees its memory itself even where that is dear: waiting for a collection is dearer. */
    private static CleanableDirectBuffer memory(int bytes) {
        return PlatformDependent.allocateDirect(bytes, true);
    }

    private static final class UnsafeBuffer extends UnpooledUnsafeDirectByteBuf {
        private final LongConsumer release;

        UnsafeBuffer(LongConsumer release, int bytes) {
            super(UnpooledByteBufAllocator.DEFAULT, bytes, bytes);
            this.release = release;
        }

        @Override
        protected CleanableDirectBuffer allocateDirectBuffer(int capacity) {
            return memory(capacity);
        }

        @Override
        protected void deallocate() {
            int bytes = capacity();
            super.deallocate();
            release.accept(bytes);
        }
    }

    private static final class SafeBuffer extends UnpooledDirectByteBuf {
        private final LongConsumer release;

        SafeBuffer(LongConsumer release, int bytes) {
            super(UnpooledByteBufAllocator.DEFAULT, bytes, bytes);
            this.release = release;
        }

        @Override
        protected CleanableDirectBuffer allocateDirectBuffer(int capacity) {
            return memory(capacity);
        }

        @Override
        protected void deallocate() {
            int bytes = capacity();
            super.deallocate();
            release.accept(bytes);
        }
    }

    /** Gives access to the leak detector, which allocators have. */
    private static final class LeakAware extends AbstractByteBufAllocator {
        static final LeakAware INSTANCE = new LeakAware();

        ByteBuf watch(ByteBuf buffer) {
            return toLeakAwareBuffer(buffer);
        }

        @Override
        protected ByteBuf newHeapBuffer(int initialCapacity, int maxCapacity) {
            throw new UnsupportedOperationException("no buffer is allocated here");
        }

        @Override
        protected ByteBuf newDirectBuffer(int initialCapacity, int maxCapacity) {
            throw new UnsupportedOperationException("no buffer is allocated here");
        }

        @Override
        public boolean isDirectBufferPooled() {
            return false;
        }
    }
}
