"""Last of all before the image is taken: what the set-up left over would else be the first task's to collect."""
import gc

gc.collect()
gc.freeze()
del gc, __doc__
