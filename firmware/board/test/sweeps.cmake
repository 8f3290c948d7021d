# Kernel sweeps by core: each is one file <name>.cc here and one image. Read by the cross build and by the host's tests.
set(sweeps_dsp dsp_sweep pool_sweep)
set(sweeps_helium add_sweep helium_sweep)
set(sweeps_portable softmax_sweep)

set(sweeps_cortex-m4 ${sweeps_portable} ${sweeps_dsp})
set(sweeps_cortex-m7 ${sweeps_dsp})
set(sweeps_cortex-m33 ${sweeps_dsp})
set(sweeps_cortex-m55 ${sweeps_portable} ${sweeps_helium})
