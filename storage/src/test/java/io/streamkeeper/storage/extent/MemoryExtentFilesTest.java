package io.streamkeeper.storage.extent;

class MemoryExtentFilesTest extends ExtentFilesContract {
    private final MemoryExtentFiles files = new MemoryExtentFiles();

    @Override
    protected ExtentFiles files() {
        return files;
    }

    @Override
    protected ExtentFiles afterCrash() {
        files.crash();
        return files;
    }
}
