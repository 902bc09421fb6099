package io.streamkeeper.storage;

import io.streamkeeper.protocol.ContentType;
import io.streamkeeper.protocol.Expiry;
import io.streamkeeper.protocol.Retention;
import io.streamkeeper.storage.extent.CompactionPolicy;

/** What the heap of a shard may be filled with: each shape has many of one part of the state of streams. */
enum HeapShape {
    SMALL_STREAMS {
        @Override
        void write(RealStore store, int number) {
            store.create(CreateRequest.at("small/" + number).text("ten bytes."));
        }
    },
    STREAMS_IN_MANY_FILES {
        @Override
        void write(RealStore store, int number) {
            int stream = number % SPREAD_STREAMS;
            if (number < SPREAD_STREAMS) {
                store.create(CreateRequest.at("spread/" + stream));
            }
            String text = number / SPREAD_STREAMS < SHORT_ROUNDS ? "sixteen bytes..." : LONG_TEXT;
            store.append(AppendRequest.to("spread/" + stream).text(text));
            if (stream == SPREAD_STREAMS - 1) {
                store.checkpoint();
            }
        }

        @Override
        int writesMax() {
            return 2 * SHORT_ROUNDS * SPREAD_STREAMS;
        }

        @Override
        int measuredWrites() {
            return 3 * SPREAD_STREAMS;
        }
    },
    SCATTERED_APPENDS {
        @Override
        void write(RealStore store, int number) {
            int stream = number % 4;
            if (number < 4) {
                store.create(CreateRequest.at("scattered/" + stream));
            }
            store.append(AppendRequest.to("scattered/" + stream).text("x"));
        }

        @Override
        int writesMax() {
            return BOUNDED_WRITES;
        }
    },
    FORKS {
        @Override
        void write(RealStore store, int number) {
            if (number == 0) {
                store.create(CreateRequest.at("source").text("inherited"));
            } else {
                store.create(CreateRequest.at("fork/" + number).forkOf("source", null));
            }
        }
    },
    CHAINS_OF_FORKS {
        @Override
        void write(RealStore store, int number) {
            if (number % 8 == 0) {
                store.create(CreateRequest.at("chain/" + number).text("inherited"));
            } else {
                store.create(CreateRequest.at("chain/" + number).forkOf("chain/" + (number - 1), null));
            }
        }
    },
    PRODUCERS {
        @Override
        void write(RealStore store, int number) {
            int stream = number % PRODUCER_STREAMS;
            if (number < PRODUCER_STREAMS) {
                store.create(CreateRequest.at("written/" + stream));
            }
            store.append(AppendRequest.to("written/" + stream).text("x").by("producer-" + number, 0, 0));
        }
    },
    STREAM_SEQS {
        @Override
        void write(RealStore store, int number) {
            store.create(CreateRequest.at("sequence/" + number));
            store.append(AppendRequest.to("sequence/" + number).text("x").seq("2024-01-01T00:00:00.000Z/" + number));
        }
    },
    TIMES_TO_LIVE {
        @Override
        void write(RealStore store, int number) {
            store.create(CreateRequest.at("ttl/" + number).ttl(1_000_000_000L + number));
        }
    },
    MOMENTS_OF_EXPIRY {
        @Override
        void write(RealStore store, int number) {
            store.create(CreateRequest.at("moment/" + number).expiry(new Expiry.At(4_000_000_000_000L + number)));
        }
    },
    PATHS_OF_OTHER_SCRIPTS {
        @Override
        void write(RealStore store, int number) {
            store.create(CreateRequest.at("\u6d41\u306e\u540d\u524d\u306f\u3068\u3066\u3082\u9577\u3044/" + number)
                    .text("ten bytes."));
        }
    },
    CONTENT_TYPES {
        @Override
        void write(RealStore store, int number) {
            store.create(CreateRequest.at("typed/" + number).type(ContentType.parse("Text/Plain; version=" + number)));
        }
    },
    RETENTION_LIMITS {
        @Override
        void write(RealStore store, int number) {
            store.create(CreateRequest.at("kept/" + number)
                    .retention(new Retention(100_000_000L + number, -1, -1))
                    .text("ten bytes."));
        }
    },
    CREATED_AND_DELETED {
        @Override
        void write(RealStore store, int number) {
            store.create(CreateRequest.at("churn/" + number).text("ten bytes."));
            if (number > 100) {
                store.delete("churn/" + (number - 100));
            }
        }

        @Override
        int writesMax() {
            return BOUNDED_WRITES;
        }
    };

    /** So many that their entries, decoded, would not fit into a heap whose part for streams they fill. */
    private static final int SPREAD_STREAMS = 20_000;

    /** One round fewer than there are files in a tier that are merged; longer texts make files of another tier. */
    private static final int SHORT_ROUNDS = CompactionPolicy.TIER_FILES - 1;

    private static final String LONG_TEXT = "sixteen bytes...".repeat(16);
    private static final int PRODUCER_STREAMS = 20;
    private static final int BOUNDED_WRITES = 150_000;

    /** Makes stream, or append, {@code number}, counted from 0. */
    abstract void write(RealStore store, int number);

    /** How many writes there are, at most, before the heap is full: fewer where they do not fill it. */
    int writesMax() {
        return Integer.MAX_VALUE;
    }

    /** How many writes the estimate of their heap is checked with. */
    int measuredWrites() {
        return 6_000;
    }
}
