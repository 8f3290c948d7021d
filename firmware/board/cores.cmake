# The emulated board of each core; read by the cross build and by the host's tests.
set(TINYFOG_BOARD_cortex-m4 mps2-an386)
set(TINYFOG_BOARD_cortex-m7 mps2-an500)
set(TINYFOG_BOARD_cortex-m33 mps2-an505)
set(TINYFOG_BOARD_cortex-m55 mps3-an547)
