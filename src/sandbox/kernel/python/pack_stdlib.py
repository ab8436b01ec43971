"""Packs the standard library anew, with bytecode beside every source: compiling is what makes an import slow here (2 s for
asyncio). Leaves out what only reaches for the bridge to JavaScript, which cells do not have."""


def pack():
    import importlib._bootstrap_external as importing
    import zipfile

    left_out = ("pyodide/", "_pyodide/", "webbrowser.py", "antigravity.py")
    source = zipfile.ZipFile("/lib/python314.zip")
    with zipfile.ZipFile("/tmp/stdlib.zip", "w", zipfile.ZIP_DEFLATED) as target:
        for entry in source.infolist():
            name = entry.filename
            if name.endswith("/") or name.startswith(left_out):
                continue
            data = source.read(entry)
            target.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
            if name.endswith(".py"):
                code = compile(data, "/lib/python314.zip/" + name, "exec", dont_inherit=True)
                unchecked = importing._code_to_hash_pyc(code, bytes(8), checked=False)
                target.writestr(zipfile.ZipInfo(name + "c"), unchecked, zipfile.ZIP_DEFLATED)

pack()
del pack
