package io.streamkeeper.storage.tier;

import io.streamkeeper.storage.extent.ExtentFiles;
import io.streamkeeper.storage.extent.ExtentFilesContract;
import java.io.IOException;

/** What every extent files do, also with an object store beside them. */
class ShardTierContractTest extends ExtentFilesContract {
    private TierRig rig;

    @Override
    protected ExtentFiles files() throws IOException {
        rig = new TierRig();
        return rig.files();
    }

    @Override
    protected ExtentFiles afterCrash() throws IOException {
        rig.cutPower();
        return rig.files();
    }
}
