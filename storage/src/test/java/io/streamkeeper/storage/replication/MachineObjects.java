package io.streamkeeper.storage.replication;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.storage.disk.Clock;
import io.streamkeeper.storage.disk.Disk;
import io.streamkeeper.storage.memory.Budget;
import io.streamkeeper.storage.tier.ScriptedObjects;
import io.streamkeeper.storage.tier.ScriptedObjects.Call;
import io.streamkeeper.storage.tier.ScriptedObjects.Fate;
import io.streamkeeper.storage.tier.Tier;
import io.streamkeeper.storage.tier.TierConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/** One object store for all machines, which fails and loses answers as a seed says. */
final class MachineObjects {
    private static final int WINDOW_BYTES = 64;
    private static final List<Fate> FAULTS = List.of(Fate.REFUSED, Fate.ANSWER_LOST);

    private final ScriptedObjects store = new ScriptedObjects();
    private final Random random;
    private final Set<String> seen = new HashSet<>();

    /** One of so many calls goes wrong; 0 for none. */
    private int oneIn;

    MachineObjects(Random random) {
        this.random = random;
        this.oneIn = random.nextInt(3) == 0 ? 0 : 2 + random.nextInt(10);
        store.script(this::fate);
    }

    private Fate fate(Call call, String key) {
        return oneIn == 0 || random.nextInt(oneIn) > 0 ? Fate.ANSWERED : FAULTS.get(random.nextInt(FAULTS.size()));
    }

    /** Everything works from now on. */
    void end() {
        oneIn = 0;
    }

    Tier tier(Disk disk, Clock clock, String keysBelow) {
        TierConfig config = new TierConfig(
                "s3://bucket",
                random.nextInt(400),
                0,
                random.nextBoolean() ? 0 : random.nextInt(4_000),
                0,
                random.nextInt(2_000),
                WINDOW_BYTES,
                (1 + random.nextInt(8)) * (long) WINDOW_BYTES,
                0,
                0);
        return new Tier(disk, store, config, new Budget("tier", config.cacheBytesMax()), clock, keysBelow);
    }

    /** Each object that the list of a shard names is there with its bytes, and no other list names it. */
    void check(Disk disk, Path shard, String keysBelow) throws IOException {
        Set<String> named = store.namedBy(disk, shard);
        assertThat(named).allMatch(key -> key.startsWith(keysBelow) && seen.add(key));
    }

    /** Each object that is there was in a list. */
    void checkAllSeen() {
        assertThat(seen).as("objects that lists name").containsAll(store.keys());
    }
}
